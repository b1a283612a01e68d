"""The benchmark (`make bench`): DESIGN's promises measured on this machine, with real processes and sockets.

The practice Slack runs in this process, the bot (`neonops run`) and everything it is compared with in processes of
their own. Where a promise is a ratio, both sides are measured in turn in the same run, so that what else the machine
does weighs on both.
"""
