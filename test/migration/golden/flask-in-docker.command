CMD ["gunicorn", "-w", "4", "-b", "0.0.0.0", "--worker-tmp-dir=/dev/shm", "--log-level=debug", "app:create_app()"]
