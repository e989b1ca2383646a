"""What `pyproject.toml` cannot say: app and experiments lie at the top here, and in the package once installed."""

from setuptools import find_packages, setup

SHIPPED = ("reviews-en", "news-en", "reviews-ko")

setup(
    packages=[*find_packages(include=["attnviz*"]), "attnviz.shipped"],
    package_dir={"attnviz.shipped": "."},
    package_data={"attnviz.shipped": [".streamlit/config.toml", *(f"models/{name}/*" for name in SHIPPED)]},
)
