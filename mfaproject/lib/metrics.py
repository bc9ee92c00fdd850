"""What we count. Never by user, address or name: labels are few, short and the same on every
machine.
"""

from prometheus_client import Counter, Gauge, Histogram

LOGINS = Counter(
    "nod_logins",
    "Sign-ins that ended, by what risk decided and how it went.",
    ["decision", "outcome"],
)
REQUESTS = Counter("nod_http_requests", "Requests answered.", ["method", "view", "status"])
SECONDS = Histogram(
    "nod_http_request_seconds",
    "Time to answer.",
    ["method", "view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
PUSHES = Counter(
    "nod_push_sent", "Wake-ups handed to a push service, by what came of it.", ["service", "result"]
)
OUTBOX_OLDEST = Gauge(
    "nod_outbox_oldest_seconds",
    "How long the message that waits longest has been due.",
    multiprocess_mode="mostrecent",
)
GEO_AGE = Gauge(
    "nod_geo_age_seconds",
    "How long ago a file of data about addresses was brought.",
    ["file"],
    multiprocess_mode="mostrecent",
)
MODELS = Histogram(
    "nod_risk_model_seconds",
    "Time a risk model took, by whether it decides (champion) or not (challenger).",
    ["role", "model"],
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15),
)
MODEL_FAULTS = Counter(
    "nod_risk_model_faults",
    "Opinions that a risk model did not give: error, timeout or busy.",
    ["role", "model", "what"],
)
WAITING = Gauge(
    "nod_waiting", "Answers that wait for something to happen.", multiprocess_mode="livesum"
)
PUSH_STOPPED = Gauge(
    "nod_push_stopped",
    "1 while a push service refuses our credential.",
    ["service"],
    multiprocess_mode="mostrecent",
)


def login_ended(decision: str, outcome: str) -> None:
    """A ledger row reached an end. `decision`: allow, step_up, block or none (no password was
    right); `outcome` as in the ledger."""
    LOGINS.labels(decision or "none", outcome).inc()


def request_answered(method: str, view: str, status: int, seconds: float) -> None:
    """One request. `view` is a URL name, never a path: paths hold handles."""
    REQUESTS.labels(method, view, status).inc()
    SECONDS.labels(method, view).observe(seconds)


def push_sent(service: str, result: str) -> None:
    """One wake-up: "ok", or the reason why it did not leave."""
    PUSHES.labels(service, result).inc()


def push_stopped(service: str, *, stopped: bool) -> None:
    """Whether nothing is sent over this service for now."""
    PUSH_STOPPED.labels(service).set(stopped)


def waiting(count: int) -> None:
    """So many pages and programs of this process wait to be told."""
    WAITING.set(count)


def outbox_oldest(seconds: float) -> None:
    """A message should be taken within two seconds of being due."""
    OUTBOX_OLDEST.set(seconds)


def model_answered(role: str, path: str, seconds: float) -> None:
    """One opinion. `role`: champion or challenger; `path`: a dotted path of the
    settings, so there are few."""
    MODELS.labels(role, path).observe(seconds)


def model_failed(role: str, path: str, what: str) -> None:
    """None came: "error", "timeout", or "busy" while a former call still runs."""
    MODEL_FAULTS.labels(role, path, what).inc()


def geo_ages(seconds: dict[str, float]) -> None:
    """The data files that are there now, by name; others are forgotten."""
    GEO_AGE.clear()
    for file, age in seconds.items():
        GEO_AGE.labels(file).set(age)
