gunicorn --paste production.ini --daemon -p /run/site.pid -u www-data -g www-data --reload --certfile=cert.pem --keyfile key.pem
