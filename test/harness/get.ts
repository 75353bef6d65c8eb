// One request on a connection of its own: what is told by it is what a new client sees.

import { request } from 'node:http'

export function get(url: string, socketPath?: string): Promise<string> {
  const options = { ...(socketPath === undefined ? {} : { socketPath }), agent: false as const }
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject).end()
  })
}
