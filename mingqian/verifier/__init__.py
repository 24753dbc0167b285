"""The verifier in the browser: its modules, and the page that checks a draw offline."""
