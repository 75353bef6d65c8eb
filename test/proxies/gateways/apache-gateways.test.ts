// Apache in front of Gantry over mod_proxy_http, _uwsgi, _scgi and _fcgi, with the files of deploy/apache.

import { describe } from 'vitest'
import { missingTools } from '../../harness/test-tools.ts'
import { startApache } from '../processes/apache.ts'
import { describeGateways } from './describe-gateways.ts'
import { apacheSite } from './gateways.ts'

// It has a Server field of its own, writes Keep-Alive in its own way, joins fields of one name in its own way, and drops the length of a 304. Over all
// but HTTP it hands on a normalised path, its own PATH, and underscores in the place of odd characters; mod_proxy_uwsgi and _scgi refuse
// bodies in chunks with 411, and SCGI says 0 where there is no body. The first warning of an application is the only one.
const OWN_AFFAIR =
  /Date and Server|keep-alive and gets a length|with its length, a date|W13 repeated|304 keeps|None after start_response|^(uwsgi|scgi|fcgi) (W12 dots|W11 (every other|client, server|the process))|^(uwsgi|scgi) (W16|reads a chunked)|^scgi .*declared length of zero/

const missing = await missingTools(['apache'])

describe.skipIf(missing.has('apache'))('gateways', () => {
  describeGateways({
    name: 'Apache',
    start: (sites) =>
      startApache({
        modules: ['proxy', 'proxy_http', 'proxy_uwsgi', 'proxy_scgi', 'proxy_fcgi', 'headers', 'env'],
        configure: ({ ports }) =>
          sites.flatMap(({ gateway, gantry }, at) => apacheSite(gateway, gantry, ports[at]!)),
        portCount: sites.length,
      }),
    isOwnAffair: OWN_AFFAIR,
    closesAfter: / 500 /,
  })
})
