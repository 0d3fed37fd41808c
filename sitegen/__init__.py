"""What turns `docs/` into the site: run the blocks, draw the figures, set the formulas."""
