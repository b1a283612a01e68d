# Wheels are downloaded against the hashes of requirements.txt; only what the bot itself needs is installed from them.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.txt .
RUN pip wheel --no-cache-dir --no-deps --require-hashes --wheel-dir /wheels -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY storage storage
COPY sandbox sandbox
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-index --find-links /wheels '.[cluster]'

# It starts as root and keeps what that brings only as far as it needs it: the commands of the runbook run as users of
# their own, which only root's power to switch users makes possible. compose.yml takes all other powers away.
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
    && install -d -m 700 /data && install -d -m 711 /builds
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 NEONOPS_DATA_DIR=/data NEONOPS_BUILD_DIR=/builds NEONOPS_WEB_PORT=8080 \
    NEONOPS_WEB_HOST=0.0.0.0
WORKDIR /data
VOLUME ["/data", "/builds"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"NEONOPS_WEB_PORT\"]}/healthz', timeout=4)"]
CMD ["neonops", "run"]
