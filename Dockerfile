# attnviz as an image: `docker build -t attnviz .`, and as a Space of the kind docker as it is. See docs/serving.md.
FROM python:3.13-slim

# The CPU's torch is a quarter of the usual one; it has an index of its own.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# What changes seldom comes first: a change of ours does not download torch anew.
WORKDIR /src
COPY requirements.txt ./
RUN grep '^torch==' requirements.txt > torch.txt \
    && pip install --index-url "$TORCH_INDEX" -r torch.txt \
    && pip install -r requirements.txt
COPY pyproject.toml setup.py README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY models models
COPY attnviz attnviz
RUN pip install --no-deps .

# Only /data is written to, and /tmp: the rest may be read-only. A Space runs as user 1000 as well.
RUN useradd --uid 1000 --home-dir /data --no-create-home attnviz && mkdir /data && chown attnviz:attnviz /data
VOLUME /data
USER 1000
WORKDIR /
ENV HOME=/data XDG_DATA_HOME=/data ATTNVIZ_CACHE=/data/cache \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_SERVER_PORT=7860 STREAMLIT_SERVER_HEADLESS=true
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD python -c "\
from os import environ; from urllib.request import urlopen; \
under = '/'.join(['', *filter(None, [environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '').strip('/')])]); \
urlopen('http://127.0.0.1:' + environ['STREAMLIT_SERVER_PORT'] + under + '/_stcore/health', timeout=9)"
CMD ["attnviz", "app"]
