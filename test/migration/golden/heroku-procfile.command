web: python manage.py migrate --noinput && newrelic-admin run-program gunicorn --bind 0.0.0.0:$PORT config.wsgi --log-file - --max-requests 1000 --max-requests-jitter=100
