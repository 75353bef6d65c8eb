gunicorn -k uvicorn.workers.UvicornWorker -w 2 --graceful-timeout 120 --timeout=120 -b [::]:8000 -b 127.0.0.1:9000 main:app
