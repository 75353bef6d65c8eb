// Where clients connect.
import { repeatable } from '../option.ts'
import { ADDRESS } from '../value-types.ts'

export const LISTENING = {
  bind: repeatable({
    group: 'Listening',
    metavariable: 'ADDRESS',
    short: '-b',
    type: ADDRESS,
    separator: ',',
    default: ['127.0.0.1:8000'],
    help: 'Where to listen: HOST:PORT, :PORT (every interface), [IPV6]:PORT or unix:PATH. Port 0 takes a free port and prints it. Sockets that systemd passes (LISTEN_FDS) take the place of the default.',
    since: '0.1.0',
    isCommon: true,
  }),
}
