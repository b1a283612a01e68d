"""Where commands of the runbook run: what of the machine a build, which is strangers' code, can reach."""
