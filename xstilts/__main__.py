"""`python -m xstilts` is `xstilts`."""

from xstilts.cli import main

if __name__ == "__main__":
    main()
