// Connections of clients, among what a process has open.
import { readFileSync } from 'node:fs'

// A line of /proc/net/tcp: state 01 is "established"; ports are in hexadecimal, and the inode is the tenth column.
const CONNECTION = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 01 \S+ \S+ \S+ +\d+ +\d+ (\d+)/gm

/** `descriptors`: what they stand for, such as `socket:[4711]`; `port`: where the server listens. */
export function countConnections(descriptors: readonly string[], port: number): number {
  const connections = [...readFileSync('/proc/net/tcp', 'utf8').matchAll(CONNECTION)]
  const sockets = new Set(
    connections
      .filter(([, localPort = '']) => Number.parseInt(localPort, 16) === port)
      .map(([, , inode = '']) => `socket:[${inode}]`),
  )
  return descriptors.filter((target) => sockets.has(target)).length
}
