# Two stages: the first has what installing needs, the second what running needs. Nothing is fetched except packages, by name, in locked versions.

FROM python:3.13-slim AS build
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /requirements.txt

FROM python:3.13-slim
# A user that owns nothing but its data folder.
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin nod && chmod 700 /data
COPY --from=build /venv /venv
WORKDIR /nod
COPY manage.py ./
COPY mfaproject mfaproject
COPY accounts accounts
COPY risk risk
COPY mfa mfa
COPY authenticator authenticator
COPY templates templates
COPY static static
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
USER nod
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
