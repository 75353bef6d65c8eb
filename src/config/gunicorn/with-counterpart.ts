// Settings of gunicorn that an option of Gantry takes the place of.

import type { GunicornSetting } from './gunicorn-setting.ts'

export const WITH_COUNTERPART: readonly GunicornSetting[] = [
  { name: 'wsgi_app', option: 'application' },
  {
    name: 'config',
    flags: ['-c', '--config'],
    option: 'config',
    advice:
      'A gunicorn.conf.py is Python code, which Gantry does not read: gantry migrate gunicorn prints what it says as gantry.toml.',
  },
  {
    name: 'bind',
    flags: ['-b', '--bind'],
    option: 'bind',
    advice: 'A port is always written: gunicorn takes 8000 where there is none.',
  },
  {
    name: 'backlog',
    flags: ['--backlog'],
    option: 'backlog',
    advice: 'Connections that nobody has taken yet; requests wait in the queue of --queue-size.',
  },
  {
    name: 'workers',
    flags: ['-w', '--workers'],
    option: 'workers',
    advice: 'Without it gunicorn has 1, Gantry as many as CPUs; a range such as 2:8 follows the load.',
  },
  {
    name: 'threads',
    flags: ['--threads'],
    option: 'threads',
    advice: 'Without it gunicorn has 1, Gantry 4.',
  },
  {
    name: 'max_requests',
    flags: ['--max-requests'],
    option: 'maxRequests',
    advice: 'The replacement is ready before the worker retires.',
  },
  { name: 'max_requests_jitter', flags: ['--max-requests-jitter'], option: 'maxRequestsJitter' },
  {
    name: 'timeout',
    flags: ['-t', '--timeout'],
    option: 'requestTimeoutMs',
    translation: 'seconds',
    advice:
      'Of each request, with any number of threads: the client gets 504, and only that thread is interrupted. The time before it is --queue-timeout, importing has --boot-timeout.',
  },
  {
    name: 'graceful_timeout',
    flags: ['--graceful-timeout'],
    option: 'shutdownTimeoutMs',
    translation: 'seconds',
  },
  {
    name: 'keepalive',
    flags: ['--keep-alive'],
    option: 'idleTimeoutMs',
    translation: 'seconds',
    advice: 'Without it gunicorn waits 2 s, Gantry 75 s, longer than load balancers do.',
  },
  {
    name: 'limit_request_line',
    flags: ['--limit-request-line'],
    option: 'maxRequestLineBytes',
    translation: 'limit',
  },
  { name: 'limit_request_fields', flags: ['--limit-request-fields'], option: 'maxHeaders' },
  {
    name: 'limit_request_field_size',
    flags: ['--limit-request-field_size'],
    option: 'maxHeaderBytes',
    translation: 'limit',
  },
  {
    name: 'reload',
    flags: ['--reload'],
    isSwitch: true,
    option: 'reload',
    advice: 'The next code is ready before it serves; what cannot start leaves the last one serving.',
  },
  {
    name: 'reload_extra_files',
    flags: ['--reload-extra-file'],
    option: 'reloadOn',
    advice: 'With --reload and without it; no patterns.',
  },
  {
    name: 'preload_app',
    flags: ['--preload'],
    isSwitch: true,
    option: 'preload',
    advice: 'The log names sockets and threads that do not survive the fork.',
  },
  { name: 'chdir', flags: ['--chdir'], option: 'chdir' },
  { name: 'pythonpath', flags: ['--pythonpath'], option: 'pythonpath', translation: 'commas' },
  { name: 'raw_env', flags: ['-e', '--env'], option: 'env' },
  {
    name: 'pidfile',
    flags: ['-p', '--pid'],
    option: 'pidFile',
    advice: 'Written when the server is ready.',
  },
  { name: 'user', flags: ['-u', '--user'], option: 'user' },
  { name: 'group', flags: ['-g', '--group'], option: 'group' },
  {
    name: 'umask',
    flags: ['-m', '--umask'],
    option: 'umask',
    advice: 'Always octal digits: 022 and 22 are the same.',
  },
  {
    name: 'tmp_upload_dir',
    option: 'spoolDir',
    advice: 'Request bodies over 64 KiB, until the application has read them.',
  },
  {
    name: 'forwarded_allow_ips',
    flags: ['--forwarded-allow-ips'],
    option: 'trustedProxies',
    translation: 'commas',
    advice:
      'Without it gunicorn believes 127.0.0.1, ::1 and whoever connects through a Unix socket, Gantry nobody. It decides REMOTE_ADDR too. No *.',
  },
  {
    name: 'proxy_protocol',
    flags: ['--proxy-protocol'],
    isSwitch: true,
    option: 'proxyProtocol',
    advice: 'From --trusted-proxies, version 1 or 2.',
  },
  {
    name: 'proxy_allow_ips',
    flags: ['--proxy-allow-from'],
    option: 'trustedProxies',
    translation: 'commas',
    advice: 'One list for the PROXY protocol and for forwarded fields: --trusted-proxies.',
  },
  {
    name: 'accesslog',
    flags: ['--access-logfile'],
    option: 'accessLog',
  },
  {
    name: 'access_log_format',
    flags: ['--access-logformat'],
    option: 'accessLogFormat',
    advice: 'Its atoms, but for variables of the environ that only the application has.',
  },
  {
    name: 'errorlog',
    flags: ['--error-logfile', '--log-file'],
    option: 'errorLog',
    advice: 'What the application prints goes there as well.',
  },
  { name: 'loglevel', flags: ['--log-level'], option: 'logLevel' },
  {
    name: 'control_socket',
    flags: ['--control-socket'],
    option: 'controlSocket',
    advice: 'For gantry status, reload and the like; it speaks a protocol of its own.',
  },
]
