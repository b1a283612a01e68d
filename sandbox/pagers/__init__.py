"""The practice pagers: a PagerDuty, a Twilio and a push service that call nobody, and show every page that went out."""
