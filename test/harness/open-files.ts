// Which files a process has open, named or not.

import { readdirSync, readlinkSync } from 'node:fs'

/** What process `pid` has open in `directory`: a nameless file is told by its path as well. Linux only. */
export function openFilesIn(directory: string, pid = process.pid): string[] {
  const descriptors = `/proc/${pid}/fd`
  const opened: string[] = []
  for (const descriptor of readdirSync(descriptors)) {
    try {
      const target = readlinkSync(`${descriptors}/${descriptor}`)
      if (target.startsWith(`${directory}/`)) opened.push(target)
    } catch {
      // closed meanwhile, as the one that the directory was read with
    }
  }
  return opened
}
