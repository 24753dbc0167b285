"""`python -m mingqian.portal.embedded_worker`: the worker beside the web process of the embedded mode."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingqian.settings")
    django.setup()
    from mingqian.portal.worker import main

    main()
