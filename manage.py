#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL, a command that needs servers gets the embedded ones."""

import os
import sys
from contextlib import nullcontext

SERVERLESS = {"detect_file", "check", "makemigrations", "help", "collectstatic", "startapp"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")
    from django.core.management import execute_from_command_line

    from smsplatform import embedded

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    serverless = command in SERVERLESS or "DATABASE_URL" in os.environ
    with nullcontext() if serverless else embedded.servers():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
