GUNICORN_CMD_ARGS="--bind=127.0.0.1:8080 --workers=3 --name 'the shop'" gunicorn --chdir src --pythonpath lib,vendor shop:app
