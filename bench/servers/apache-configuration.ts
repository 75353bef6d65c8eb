// The configuration of Apache with mod_wsgi: in the foreground, writing only into its own directory.
import { join } from 'node:path'

import type { LaunchSetup } from './server-entry.ts'

/** Debian's. */
export const MODULES_DIRECTORY = '/usr/lib/apache2/modules'
const CONNECTIONS = 12_000
// With fewer it closes connections that are kept alive when many requests are under way.
const THREADS_PER_CHILD = 512

export function apacheConfiguration(setup: LaunchSetup): string {
  const { port, privateDirectory, pythonBin, appDirectory, workers, threads, application, isTls } = setup
  const modules = ['mpm_event', 'authz_core', 'wsgi', ...(isTls ? ['ssl'] : [])]
  return `${modules.map((name) => `LoadModule ${name}_module ${MODULES_DIRECTORY}/mod_${name}.so`).join('\n')}
ServerName 127.0.0.1
ServerRoot ${privateDirectory}
Listen 127.0.0.1:${port}
ListenBacklog 1024
PidFile ${privateDirectory}/apache.pid
Mutex pthread
ErrorLog ${privateDirectory}/apache-error.log
LogLevel error
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
KeepAlive On
KeepAliveTimeout 75
MaxKeepAliveRequests 0
# One child of the event MPM as for nginx; its threads work on requests, a listener holds the idle connections.
StartServers 1
ServerLimit 1
ThreadLimit ${THREADS_PER_CHILD}
ThreadsPerChild ${THREADS_PER_CHILD}
MinSpareThreads 1
MaxSpareThreads ${THREADS_PER_CHILD}
MaxRequestWorkers ${THREADS_PER_CHILD}
AsyncRequestWorkerFactor ${Math.ceil(CONNECTIONS / THREADS_PER_CHILD)}
WSGISocketPrefix ${privateDirectory}/wsgi
WSGIDaemonProcess bench processes=${workers} threads=${threads} listen-backlog=1024 python-home=${join(pythonBin, '..')} python-path=${appDirectory}
WSGIProcessGroup bench
WSGIApplicationGroup %{GLOBAL}
WSGIScriptAlias / ${join(appDirectory, `${application.module}.py`)}
<Directory ${appDirectory}>
  Require all granted
</Directory>
${isTls ? tlsLines(setup) : ''}`
}

function tlsLines({ certificate }: LaunchSetup): string {
  return `SSLEngine on
SSLCertificateFile ${certificate.certificateFile}
SSLCertificateKeyFile ${certificate.keyFile}
`
}
