// What the suites `static` and `tls` need: two files, and a certificate that nobody has signed. Made once, in .cache/.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Certificate } from '../servers/server-entry.ts'
import { runCommand } from './run-command.ts'

const FILES = { '10k.bin': 10 * 1024, '10m.bin': 10 * 1024 * 1024 }

export function makeServedFiles(directory: string): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, bytes] of Object.entries(FILES)) {
    const file = join(directory, name)
    if (!existsSync(file)) writeFileSync(file, Buffer.alloc(bytes, 'x'))
  }
}

/** Returns why there is none, or `undefined` when it is there. */
export async function makeCertificate({
  certificateFile,
  keyFile,
}: Certificate): Promise<string | undefined> {
  if (existsSync(certificateFile) && existsSync(keyFile)) return undefined
  const { isOk, reason } = await runCommand([
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=127.0.0.1', '-days', '3650', '-keyout', keyFile, '-out', certificateFile],
  ])
  return isOk ? undefined : `there is no certificate: openssl: ${reason}`
}
