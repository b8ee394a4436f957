// Starts the GOV.UK components on a page. A file of our own, not an inline script, so that the content security policy
// can forbid inline code. Every page works without it.
import { initAll } from './govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()
