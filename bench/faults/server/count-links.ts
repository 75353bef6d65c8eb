// Links of workers, among what a front has open.
import { readFileSync } from 'node:fs'

// A line of /proc/net/unix: state 03 is "connected", and what was accepted has the path that it came to.
const LINK = / 03 +(\d+) \S+\/link$/gm

/** `descriptors`: what they stand for, such as `socket:[4711]`. */
export function countLinks(descriptors: readonly string[]): number {
  const links = [...readFileSync('/proc/net/unix', 'utf8').matchAll(LINK)]
  const sockets = new Set(links.map(([, inode = '']) => `socket:[${inode}]`))
  return descriptors.filter((target) => sockets.has(target)).length
}
