// The Flask application of examples/flask at the root, a directory of CGI scripts and a directory of PHP beside it: one site, and one server.

import { fileURLToPath } from 'node:url'
import { pythonApplication } from 'gantry'
import { cgiDirectory, fastcgi } from 'gantry/adapters'
import { mount } from 'gantry/middleware'

const { PHP = 'unix:/run/php/php-fpm.sock', PYTHON = 'python3' } = process.env
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const application = mount({
  '/': pythonApplication('app:app', { chdir: pathOf('../flask'), python: PYTHON }),
  '/cgi-bin': cgiDirectory(pathOf('cgi-bin'), { site: () => application }),
  '/blog': fastcgi(PHP, { root: pathOf('blog'), fallback: '/index.php' }),
})
