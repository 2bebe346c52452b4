"""Run the command line: python -m ecomarket."""

from ecomarket.cli import main

if __name__ == "__main__":
    main()
