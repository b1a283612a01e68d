"""Prometheus metrics of the bot itself."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
SLACK_CALLS = Counter("neonops_slack_calls_total", "Calls of Slack's Web API", ["method", "outcome"], registry=REGISTRY)
ACKS = Histogram(
    "neonops_ack_seconds",
    "From a delivery's arrival at the handler to its ack",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
    registry=REGISTRY,
)
DELIVERIES = Counter("neonops_deliveries_total", "Deliveries from Slack", ["kind", "outcome"], registry=REGISTRY)
UNSIGNED = Counter(
    "neonops_unsigned_total", "Requests that were not signed as they must be", ["path"], registry=REGISTRY
)
CONNECTED = Gauge("neonops_socket_connected", "Whether the Socket Mode connection is up", registry=REGISTRY)
EFFECTS_WAITING = Gauge("neonops_effects_waiting", "Effects waiting for delivery", registry=REGISTRY)
OLDEST_EFFECT = Gauge("neonops_oldest_effect_seconds", "Age of the oldest undelivered effect", registry=REGISTRY)
ACKNOWLEDGE = Gauge(
    "neonops_acknowledge_seconds",
    "Median from declaring a P1 or P2 to somebody being on it, of 30 days; NaN of fewer than 3",
    registry=REGISTRY,
)
RUNS_DRIVEN = Gauge("neonops_runs_driven", "Runs that the engine is working on now", registry=REGISTRY)
