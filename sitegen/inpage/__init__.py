"""Python in the page: what a site carries so that its blocks run in the reader's browser."""
