"""`python -m phi_ls`, the same as `phi-ls`."""

from phi_ls.cli import main

if __name__ == "__main__":
    main()
