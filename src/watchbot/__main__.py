"""`python -m watchbot` is `watchbot`."""

from watchbot.cli import main

if __name__ == "__main__":
    main()
