"""`python -m jupyter_saturn_deploy.cli`."""

from . import main

main()
