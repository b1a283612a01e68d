"""Where the commands of runs work: checkouts and homes of their own, and what is kept from run to run."""
