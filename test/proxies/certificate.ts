// A certificate that nobody has signed, for a proxy that speaks TLS.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificate {
  readonly certificate: string
  readonly key: string
  /** Both in one file, as HAProxy wants it. */
  readonly both: string
}

/** Paths of files in `directory`. */
export function makeCertificate(directory: string, host: string): Certificate {
  const [certificate, key, both] = ['certificate', 'key', 'both'].map((name) =>
    join(directory, `${name}.pem`),
  )
  const paths = { certificate: certificate!, key: key!, both: both! }
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const output = ['-subj', `/CN=${host}`, '-days', '1', '-keyout', paths.key, '-out', paths.certificate]
  execFileSync('openssl', ['req', '-x509', ...curve, ...output], { stdio: 'pipe' })
  writeFileSync(paths.both, readFileSync(paths.certificate, 'utf8') + readFileSync(paths.key, 'utf8'))
  return paths
}
