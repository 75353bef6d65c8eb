// nginx in front of Gantry over http, uwsgi, SCGI and FastCGI, with the files of deploy/nginx.

import { describe } from 'vitest'
import { missingTools } from '../../harness/test-tools.ts'
import { startNginx } from '../processes/nginx.ts'
import { describeGateways } from './describe-gateways.ts'
import { nginxSite } from './gateways.ts'

// It has a Server field of its own, takes no field names with odd characters, and hands on a normalised path. What Debian's parameters say of
// the host has no port; before version 1.23 the last of several fields of a name was the only one, and SCGI says 0 where there is no body. The
// first warning of an application is the only one.
const OWN_AFFAIR =
  /Date and Server|with its length, a date|every other header|knows where it is mounted|None after start_response|^(uwsgi|scgi|fcgi) (W12 dots|W13 repeated|W11 client, server)|^scgi .*(declared length of zero|CONTENT_LENGTH of 0)/

const missing = await missingTools(['nginx'])

describe.skipIf(missing.has('nginx'))('gateways', () => {
  describeGateways({
    name: 'nginx',
    start: (sites) =>
      startNginx(
        ({ ports }) =>
          sites
            .map(({ gateway, gantry }, at) => nginxSite(gateway, gantry, ports[at]!, `gantry${at}`))
            .join('\n'),
        sites.length,
      ),
    isOwnAffair: OWN_AFFAIR,
  })
})
