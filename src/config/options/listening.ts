// Where clients connect.
import { repeatable, single } from '../option.ts'
import { ADDRESS, count } from '../value-types.ts'

export const LISTENING = {
  bind: repeatable({
    group: 'Listening',
    metavariable: 'ADDRESS',
    short: '-b',
    type: ADDRESS,
    separator: ',',
    default: ['127.0.0.1:8000'],
    platform: { variable: 'PORT', textOf: (port) => `:${port}`, expected: 'a port, such as 8000' },
    help: 'Where to listen: HOST:PORT, :PORT (every interface), [IPV6]:PORT or unix:PATH. Web servers may speak other protocols than HTTP: fcgi://HOST:PORT and fcgi+unix:PATH are FastCGI, scgi:// and scgi+unix: SCGI, uwsgi:// and uwsgi+unix: uwsgi; http:// may be written too. fcgi+fd:0 is a socket that gantry was started with, as FastCGI parents do. Port 0 takes a free port and prints it. Sockets that systemd passes (LISTEN_FDS) take the place of the default.',
    since: '0.1.0',
    isCommon: true,
  }),
  backlog: single({
    group: 'Listening',
    metavariable: 'NUMBER',
    type: count(1, 1_000_000),
    default: '4096',
    help: 'How many connections the system may hold that no front has taken yet; its own limit (net.core.somaxconn on Linux) cuts this down. It refuses one more, or lets it wait. Requests that were taken wait in the queue of --queue-size.',
    since: '0.1.0',
  }),
}
