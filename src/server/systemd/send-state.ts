// Sends a state to the service manager's socket, which takes datagrams, and Node has none for Unix sockets: a small program does it, systemd's
// own or a few lines of Python. Each waits until its message has been read, as its sender is looked up by then.

import { spawn } from 'node:child_process'
import { packageFile } from '../../io/package-files.ts'

/** Sends assignments such as `READY=1`, in the order of the calls; what is called waits for nothing. */
export type SendState = (assignments: readonly string[]) => void

const NOTIFY_SCRIPT = packageFile('python/gantry_worker/notify.py')
/** The first that is there is taken. */
const SENDERS: readonly (readonly string[])[] = [['systemd-notify'], ['python3', '-I', '-S', NOTIFY_SCRIPT]]
const DEADLINE_MS = 10_000

/** `failed` is called for the first message that cannot be sent. */
export function stateSender(
  socket: string,
  failed: (reason: string) => void,
  senders: readonly (readonly string[])[] = SENDERS,
): SendState {
  let sent = Promise.resolve()
  let hasFailed = false
  return (assignments) => {
    sent = sent.then(async () => {
      const reason = await sendThroughOneOf(senders, socket, assignments)
      if (reason === undefined || hasFailed) return
      hasFailed = true
      failed(reason)
    })
  }
}

/** What went wrong, if anything did. */
async function sendThroughOneOf(
  senders: readonly (readonly string[])[],
  socket: string,
  assignments: readonly string[],
): Promise<string | undefined> {
  for (const [program = '', ...first] of senders) {
    const reason = await sendThrough(program, [...first, ...assignments], socket)
    if (reason !== 'missing') return reason
  }
  return `neither ${senders.map(([program]) => program).join(' nor ')} is in PATH`
}

function sendThrough(program: string, args: readonly string[], socket: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { ...process.env, NOTIFY_SOCKET: socket }
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: DEADLINE_MS })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? 'missing' : `${program}: ${error.message}`)
    })
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit status ${code ?? 0}` : `signal ${signal}`
      resolve(code === 0 ? undefined : `${program}: ${said.trim() || how}`)
    })
  })
}
