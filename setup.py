"""What `pyproject.toml` cannot say: app and experiments lie at the top here, and in the package once installed."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["attnviz*"]), "attnviz.shipped"], package_dir={"attnviz.shipped": "."})
