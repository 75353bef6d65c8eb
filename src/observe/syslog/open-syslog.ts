// Where syslog messages go, each of which is a line.

import type { SyslogTarget } from '../../config/log-target.ts'
import type { LineTarget } from '../line-target.ts'
import { DatagramTarget } from './datagram-target.ts'
import { connectTcp, startRelay, StreamTarget } from './stream-target.ts'

export function openSyslog({ address }: SyslogTarget): LineTarget {
  switch (address.transport) {
    case 'udp':
      return new DatagramTarget(address.host, address.port)
    case 'tcp':
      return new StreamTarget(() => connectTcp(address.host, address.port))
    case 'local':
      return new StreamTarget(() => startRelay(address.path))
  }
}
