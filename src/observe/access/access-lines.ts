// The format of the access log, as it was chosen.

import type { AccessFormat } from '../../config/access-format.ts'
import { accessJson } from './access-json.ts'
import { type AtomFormat, atomFormat } from './access-atoms.ts'
import { combinedLine, commonLine, gantryLine } from './access-line.ts'
import type { LocalOffset } from './access-text.ts'

export function accessLines(format: AccessFormat, offset?: LocalOffset): AtomFormat {
  switch (format.kind) {
    case 'gantry':
      return { wants: [], line: gantryLine(offset) }
    case 'common':
      return { wants: [], line: commonLine(offset) }
    case 'combined':
      return { wants: [], line: combinedLine(offset) }
    case 'json':
      return { wants: [], line: accessJson() }
    case 'parts':
      return atomFormat(format.parts, offset)
  }
}
