"""The pages: what runs them, what turns them into a site, and what must hold for every one."""
