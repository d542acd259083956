# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY tools/link_source.py tools/
COPY src src
RUN /venv/bin/python tools/link_source.py && /venv/bin/python -m compileall -q src \
    && /venv/bin/pip uninstall --quiet --yes pip

FROM python:3.13-slim
RUN groupadd --system --gid 10001 watchbot \
    && useradd --system --uid 10001 --gid watchbot --home-dir /app --shell /usr/sbin/nologin watchbot \
    && mkdir -p /app/data && chown watchbot:watchbot /app/data
COPY --from=build /venv /venv
COPY --from=build /app/src /app/src
COPY config /app/config
COPY rules.yaml /app/rules.yaml
WORKDIR /app
USER 10001:10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp
VOLUME /app/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["watchbot", "status", "--healthcheck"]
ENTRYPOINT ["watchbot"]
CMD ["run"]
