#!/usr/bin/python3
"""Records what Apprise sends for each form of its URLs, for lib/providers/apprise/comparison.test.ts.

    PYTHONHASHSEED=0 /usr/bin/python3 e2e/support/apprise/record.py > e2e/support/apprise/requests.jsonl

(With another order of its sets Apprise writes other lists of tags: PYTHONHASHSEED=0 keeps them.)
The URLs are made from Apprise's own description of its services: every template filled in, and on one URL of each
schema every argument with every value. What Apprise itself refuses is left out. Requests never leave this process:
they are noted where the library would send them, and answered as the services do. The lines of the output:

    ["made", {"apprise": version}]
    ["request", [method, url, headers, body]]    numbered from 0; mail: ["MAIL", server, settings, message]
    ["url", url, number of the URL that it changes by one setting, [numbers of its requests]]
"""
import email
import json
import logging
import re
import smtplib
import sys
from email.header import decode_header, make_header
from urllib.parse import quote, urlsplit

import requests
from apprise import Apprise, AppriseAsset, __version__
from apprise.URLBase import URLBase

TITLE, BODY = 'Nightly backup', 'All 3 files were stored.'
# Of these the severity of the message decides what is sent.
FAILURES = {'pagerduty', 'opsgenie'}
PICTURES = 'https://github.com/caronc/apprise/raw/master/apprise/assets/themes/default/'
HEADERS = re.compile(r'^(authorization|content-type|x-(?!amz|apprise)[a-z-]+|ocs-apirequest|accept-language)$', re.I)

KEY = 'e93facc04764012d7bfb002500d5d1a6'
LINE = 'lineTokenOfMine0123456789/more='
# Values of tokens where the description alone does not make one.
TOKENS = {
    '': {
        'host': 'host.example.org', 'port': '8443', 'user': 'me', 'password': 'pa%40ss', 'botname': 'Robot',
        'targets': ['one/two'], 'path': '/sub/path/', 'fullpath': 'sub/path',
    },
    'discord': {'webhook_id': '4174216298', 'webhook_token': 'JHMHI8qBe7bk2ZwO5U711o3dV_js'},
    'slack': {
        'token_a': 'T1JJ3T3L2', 'token_b': 'B1BRTD4JD/', 'token_c': 'TIiajkdnlazkcOXrIdevi7FQ',
        'access_token': 'xoxb-1234-5678-abcdefABCDEF',
        'targets': ['%23nas', '%23nas/%23night', '%40me', '+C012345', 'plain', 'me@example.org'],
    },
    'matrix': {
        'targets': ['%23room', '!id:example.org', '%23room:example.org/%23other', 'room'],
        'token': 'a' * 60 + '0123',
    },
    'mmost': {'token': '3ccdd113474722377935511fc85d3dd4', 'host': 'chat.example.org'},
    'rocket': {
        'webhook': 'tokenA0123456789/tokenB0123456789abcdef',
        'targets': ['%23ops', '%40me', 'aRoomId0123', '%23ops/%40me'],
    },
    'gchat': {'workspace': 'AAAA', 'webhook_key': 'key1', 'webhook_token': 'tok1', 'thread_key': 'thread1'},
    'zulip': {
        'botname': 'bot', 'organization': 'acme', 'token': 'a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm',
        'targets': ['backups', 'backups/ops', 'me%40example.org'],
    },
    'wxteams': {'token': 'Y2lzY29zcGFyazovL3VzL1dFQkhPT0sv'[:20] + '0' * 60},
    'tgram': {
        'bot_token': '123456789:AAExampleTokenOfABot0123456789_-x',
        'targets': ['-1001234567890', '12345/67890', '@channel_one', 'channel_one'],
    },
    'pover': {
        'user_key': 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG', 'token': 'azGDORePK8gMaC0QOYAMyEEuzJnyUi',
        'targets': ['phone', 'phone/pad'],
    },
    'ntfy': {'topic': 'backups', 'targets': ['backups', 'backups/ops']},
    'gotify': {'token': 'AeQkPkmGX8TKDJn'},
    'pbul': {'accesstoken': 'o.abcdefghijklmnopqrstuvwxyz', 'targets': ['device', '%23channel', 'me@example.org']},
    'line': {'token': LINE, 'targets': ['U4af4980629f1b2a3c4d5e6f708192a3b', 'U4af4980629f1b2a3c4d5e6f708192a3b/Ccaf4980629f1b2a3c4d5e6f708192a3b']},
    'bark': {'targets': ['aDeviceKey', 'aDeviceKey/another']},
    'twilio': {
        'account_sid': 'AC0123456789abcdef0123456789abcdef', 'auth_token': KEY, 'from_phone': '15551230000',
        'short_code': '12345', 'targets': ['+15557654321', '15557654321/15557654322', '%2B1%20(555)%20765-4321'],
    },
    'pagerduty': {'integrationkey': KEY, 'apikey': 'anApiKeyOfMine01', 'source': 'nas', 'component': 'disk'},
    'opsgenie': {
        'apikey': 'a1b2c3d4-0000-1111-2222-333344445555',
        'targets': ['%23ops', '%40me@example.org', '%5Enight', '%2Aoncall', '%23ops/%40me@example.org', 'plain'],
    },
    'signal': {'from_phone': '15551230000', 'targets': ['15557654321', '15557654321/@agroup', '+15557654321']},
    'sns': {
        'access_key_id': 'AKIAEXAMPLE012345678', 'secret_access_key': 'wJalr/K7MDENG/EXAMPLEKEY/',
        'region': 'us-west-2', 'targets': ['15557654321', '%23backups', 'backups', '15557654321/%23backups'],
    },
    'ifttt': {'webhook_id': 'keyOfMine01', 'events': ['backup_failed', 'backup_failed/second']},
    'hassio': {'accesstoken': 'longLivedToken0123456789'},
    'mailgun': {
        'user': 'belfry', 'host': 'mg.example.org', 'apikey': '1234567890abcdef1234567890abcdef-12345678-90abcdef',
        'targets': ['ops@example.org', 'ops@example.org/night@example.org'],
    },
    'sendgrid': {
        'apikey': 'SG.abcdef', 'from_email': 'belfry@example.org',
        'targets': ['ops@example.org', 'ops@example.org/night@example.org'],
    },
    'mailto': {'targets': ['ops@example.org', 'ops@example.org/night@example.org'], 'host': 'mail.example.org'},
    'nctalk': {'targets': ['room1', 'room1/room2']},
    'apprise': {'token': 'aKey-01'},
    'json': {}, 'form': {}, 'xml': {},
}
# The same for services that Belfry has no provider for: that Apprise takes the URL is enough.
OTHERS = {
    'smtp2go': {'apikey': 'api-' + KEY, 'from_email': 'user', 'targets': ['ops@example.org']},
    'dapnet': {'targets': ['DF1ABC']},
    'prowl': {'apikey': 'a' * 40, 'providerkey': 'b' * 40},
    'ses': {'from_email': 'me@example.org', 'access_key_id': 'AKIA0123456789012345', 'region': 'us-east-2',
            'secret_access_key': 'secretOfMine/', 'targets': ['ops@example.org']},
    'sinch': {'service_plan_id': KEY, 'api_token': KEY, 'targets': ['15557654321'], 'from_phone': '15551230000'},
    'kavenegar': {'targets': ['15557654321'], 'source': '15551230000'},
    'msgbird': {'apikey': 'a' * 25, 'source': '15551230000', 'targets': ['15557654321']},
    'msteams': {'team': 'acme', 'token_a': '8b799edf-6f98-4d3a-9be7-2862fb4e5752@' + KEY, 'token_b': KEY,
                'token_c': '8b799edf-6f98-4d3a-9be7-2862fb4e5752'},
    'o365': {'client_id': KEY, 'client_secret': 'secret', 'account_email': 'me@example.org',
             'tenant': '8b799edf-6f98-4d3a-9be7-2862fb4e5752', 'targets': ['ops@example.org'],
             'from_email': 'me@example.org', 'secret': 'secretOfMine', 'email': 'me@example.org'},
    'twitter': {'user': 'me'},
    'notica': {'token': 'abcdef'},
    'd7sms': {'targets': ['15557654321']},
    'clicksend': {'targets': ['15557654321']},
    'bulksms': {'targets': ['15557654321'], 'user': 'me'},
    'msg91': {'targets': ['15557654321'], 'authkey': 'a' * 23},
    'vonage': {'targets': ['15557654321'], 'apikey': 'AC12345678', 'secret': 'a' * 16, 'from_phone': '15551230000'},
    'smseagle': {'targets': ['15557654321']},
    'lametric': {'host': '192.168.0.6', 'app_id': 'com.lametric.941c51dff3135bd87aa72db9d855dd50'},
    'guilded': {'webhook_id': KEY, 'webhook_token': 'a' * 64},
}
# Values of arguments where the description names none.
ARGUMENTS = {
    'avatar_url': 'https://x.example/a.png', 'thread': '1234567890123456789', 'url': 'https://x.example/',
    'click': 'https://x.example/click', 'attach': 'https://x.example/a.png', 'delay': '30min', 'url_title': 'Look',
    'email': 'me@example.org', 'cc': 'two@example.org', 'bcc': 'three@example.org', 'smtp': 'smtp.example.org',
    'reply': 'answers@example.org', 'expire': '3600', 'retry': '60', 'badge': '3', 'tags': 'night,nas',
    'apikey': 'SK0123456789abcdef', 'sound': 'bike', 'template': KEY, 'nid': 'backups',
}
# Arguments by schema, and settings that the description leaves out.
MORE = {
    'mailto': ['from=belfry@example.org', 'from=Belfry', 'name=Belfry', 'to=ops@example.org,night@example.org',
               'user=me2&pass=word2', 'mode=ssl', 'from=belfry@example.org&name=Belfry', 'mode=insecure'],
    'pagerduty': ['source=nas', 'component=disk', 'integrationkey=' + KEY],
    'slack': ['to=%23night', 'format=markdown&blocks=yes'],
    'tgram': ['topic=42', 'thread=42', 'to=12345', 'content=after'],
    'pover': ['to=phone,pad', 'priority=emergency&retry=60&expire=3600', 'priority=high', 'url=https://x.example&url_title=Look'],
    'ntfy': ['to=more', 'mode=cloud', 'priority=5', 'priority=high', 'icon=https://x.example/i.png', 'token=tk_abc', 'auth=token',
             'actions=view,Look,https://x.example/', 'attach=https://x.example/a.png&filename=a.png'],
    'gotify': ['priority=high', 'priority=emergency', 'priority=low', 'format=markdown&priority=0'],
    'matrix': ['to=%23other', 'token=syt_abc', 'version=v3', 'discovery=no', 'html=yes'],
    'mmost': ['to=town-square', 'channel=town-square', 'channels=one,two', 'to=%23one,%40me', 'icon_url=https://x.example/i.png'],
    'rocket': ['to=%23ops', 'webhook=tokenA0123456789/tokenB0123456789abcdef'],
    'gchat': ['thread=thread1', 'threadkey=thread1'],
    'zulip': ['to=ops', 'token=a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm'],
    'pbul': ['to=device'], 'line': ['to=U5af4980629f1b2a3c4d5e6f708192a3b'], 'bark': ['to=another', 'sound=bell', 'level=active&badge=2'],
    'twilio': ['to=15557654322', 'from=15551230001', 'sid=AC0123456789abcdef0123456789abcdee', 'token=' + KEY],
    'opsgenie': ['to=%23more', 'priority=high', 'action=close', 'alias=a&entity=e'],
    'signal': ['to=15557654322', 'from=15551230001'],
    'sns': ['to=15557654322', 'region=us-east-1'],
    'ifttt': ['to=third', '+where=cellar', '-value1=', '+value1=own', 'value2=own'],
    'sendgrid': ['to=more@example.org'], 'mailgun': ['to=more@example.org', 'from=Night', 'name=Night%20Shift', 'from=n@example.org'],
    'hassio': ['accesstoken=other0123456789'],
    'nctalk': ['to=room3', 'url_prefix=/sub'], 'apprise': ['tag=night', 'to=other', 'token=other'],
    'json': ['method=PATCH', '+Authorization=Bearer%20x', ':message=text', ':message=', '+X-A=1&-b=2&:c=3'],
    'form': ['method=PATCH', ':message=text', ':message=', 'attach-as=file'],
    'xml': ['method=PATCH', ':Message=Text', ':Message='],
}
COMMON = ['verify=no', 'verify=yes', 'rto=10', 'cto=3', 'rto=120', 'overflow=split', 'overflow=truncate',
          'overflow=upstream', 'format=text', 'format=html', 'format=markdown']
# Whole URLs that no template makes: addresses that services give out, and well-known mail servers.
WHOLE = [
    'https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js',
    'https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?thread=1234567890123456789&footer=yes',
    'https://hooks.slack.com/services/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',
    'https://hooks.slack.com/services/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?footer=no',
    'https://chat.googleapis.com/v1/spaces/AAAA/messages?key=key1&token=tok1',
    'https://api.ciscospark.com/v1/webhooks/incoming/' + 'a' * 80,
    'https://acme.webhook.office.com/webhookb2/8b799edf-6f98-4d3a-9be7-2862fb4e5752@' + KEY + '/IncomingWebhook/' + KEY
    + '/8b799edf-6f98-4d3a-9be7-2862fb4e5752',
    'slack://A/B/C/#channel', 'slack://A/B/C', 'slack://?token=T1JJ3T3L2/B1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ&to=%23c',
    'slack://?token=xoxb-1234-5678-abcdefABCDEF&to=%23c', 'slack://xoxp-1234-5678-abcdefABCDEF/%23c',
    'syslog://', 'syslog://local5', 'syslog://_/local5?mode=remote', 'matrixs://me:word@example.org/%23room',
    'hassio://host.example.org/notify.phone/longLivedToken0123456789', 'opsgenie://' + KEY + '/?action=close',
    'zulip://bot@acme/?token=a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm', 'mmost://chat.example.org/3ccdd113474722377935511fc85d3dd4',
    'ntfys://host.example.org/backups?tags=night&click=https://x.example/', 'gotify://push.example.org/AeQkPkmGX8TKDJn',
    'pagerduty://' + KEY + '@anApiKeyOfMine01/nas/disk?group=g', 'ntfy://backups?priority=high', 'ntfy://ntfy.sh/backups',
    'tgram://bot123456789:AAExampleTokenOfABot0123456789_-x/12345/?format=markdown&silent=yes&preview=yes',
    'gnome://', 'windows://', 'macosx://', 'dbus://', 'kodi://host.example.org', 'growl://host.example.org', 'mqtt://host.example.org/t',
] + ['mailtos://me:word@%s' % domain for domain in (
    'gmail.com', 'googlemail.com', 'hotmail.com', 'live.com', 'outlook.com', 'office365.com', 'yahoo.com', 'icloud.com', 'me.com',
    'fastmail.com', 'fastmail.fm', 'zoho.com', 'zohomail.com', 'yandex.com', 'qq.com', '163.com', 'sendgrid.com')] + [
    'mailto://me:word@gmail.com', 'mailto://me%40gmail.com:word@gmail.com', 'mailtos://me:word@gmail.com:465?mode=ssl',
    'mailtos://?user=me&pass=word&to=ops@example.org&smtp=smtp.example.org&from=a@example.org',
    'mailtos://me:word@example.org?smtp=smtp.example.org&to=ops@example.org',
]

seen, lines, taken, numbers = {}, [], [], {}


def note(request):
    text = json.dumps(request, ensure_ascii=False, sort_keys=True)
    if text not in seen:
        seen[text] = len(seen)
        lines.append(['request', request])
    taken.append(seen[text])


def answered(url):
    """What services say when all is well, as far as Apprise reads it."""
    path = urlsplit(url).path
    if '/services/' in path and 'slack' in url:
        return 200, 'ok'
    if 'CreateTopic' in url:
        return 200, ''
    return 200, json.dumps({
        'ok': True, 'status': 'success', 'success': True, 'id': '1', 'room_id': '!id:example.org', 'user_id': '@me:host.example.org',
        'home_server': 'host.example.org', 'access_token': 'token-of-the-login', 'joined_rooms': [], 'requestId': 'r1', 'iden': '1',
        'data': {'userId': 'u1', 'authToken': 't1'}, 'channel': {'id': 'D1'}, 'user': {'id': 'U1'}, 'sid': 's1', 'errors': None,
        'result': [], 'message_id': 1, 'event_id': '$1',
    })


def send(self, request, **kwargs):
    body = request.body or ''
    body = body.decode('utf-8', 'replace') if isinstance(body, bytes) else body
    headers = {k.lower(): v for k, v in request.headers.items() if HEADERS.match(k)}
    headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in headers.items()}
    if 'authorization' in headers:
        headers['authorization'] = re.sub(r'/\d{8}/', '/', re.sub(r'Signature=\w+', '', headers['authorization']))
    url = re.sub(r'(m\.room\.message/)\d+', r'\g<1>0', request.url)
    # What differs from one run to the next.
    body = re.sub(r'^--[0-9a-f]{32}\r\n.*', 'a picture', body, flags=re.S)
    headers = {k: re.sub(r'boundary=\w+', 'boundary=x', v) for k, v in headers.items()}
    body = body.replace(PICTURES, 'apprise:')
    body = re.sub(r'"ts": [\d.]+', '"ts": 0', re.sub(r'("notification_id": ")[0-9a-f-]{36}', r'\1dlv_0', body))
    note([request.method, url, headers, body])
    response = requests.Response()
    response.status_code, text = answered(request.url)
    if 'CreateTopic' in body:
        text = '<CreateTopicResponse><CreateTopicResult><TopicArn>arn:aws:sns:us-west-2:1:backups</TopicArn></CreateTopicResult></CreateTopicResponse>'
    response._content, response.encoding, response.url, response.request = text.encode(), 'utf-8', request.url, request
    return response


class Mail:
    def __init__(self, host='', port=0, *args, **kwargs):
        self.about = {'port': port, 'security': 'none'}
        self.host = host

    def ehlo(self, *args): pass
    def set_debuglevel(self, *args): pass
    def quit(self): pass

    def starttls(self, *args, **kwargs):
        self.about['security'] = 'starttls'

    def login(self, user, password):
        self.about.update(user=user, password=password)

    def sendmail(self, sender, recipients, text, *args, **kwargs):
        message = email.message_from_string(text)
        known = {'from', 'to', 'cc', 'bcc', 'reply-to', 'subject'}
        extra = {k.lower(): str(v) for k, v in message.items()
                 if k.lower() not in known | {'date', 'message-id', 'mime-version', 'content-type', 'x-application', 'content-transfer-encoding'}}
        heads = {k: str(make_header(decode_header(message[k]))) for k in known if message[k]}
        kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
        note(['MAIL', self.host, self.about, {**heads, 'headers': extra, 'kinds': kinds, 'recipients': list(recipients), 'sender': sender}])


class SecureMail(Mail):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.about['security'] = 'ssl'


requests.Session.send = send
# Apprise waits between requests.
URLBase.request_rate_per_sec = 0
URLBase.throttle = lambda *args, **kwargs: None
smtplib.SMTP, smtplib.SMTP_SSL = Mail, SecureMail


def sampled(regex, least, longest):
    """A text that a simple pattern of Apprise's descriptions takes."""
    for text in ('a' * (least or 8), '1' * (least or 8), KEY, 'a' * 40, '12345678901', 'a' * 64, 'abc', 'a@b', 'A1' * 16, '1' * 10):
        if re.match(regex[0], text, re.I) and (not longest or len(text) <= longest):
            return text
    return 'unknown'


def value_of(schema, family, name, token):
    own = TOKENS.get(family, OTHERS.get(family, {})).get(name, TOKENS[''].get(name))
    if own:
        return own
    if 'values' in token:
        return str(token['values'][0])
    if token.get('type') in ('int', 'float'):
        return str(int(token.get('min') or 1))
    return sampled(token['regex'], token.get('min'), token.get('max')) if token.get('regex') else 'an%s01' % name.title().replace('_', '')


def filled(template, schema, family, tokens):
    urls = ['']
    for part in re.split(r'(\{\w+\})', template):
        name = part[1:-1] if part.startswith('{') else None
        value = part if name is None else schema if name == 'schema' else value_of(schema, family, name, tokens.get(name, {}))
        options = value if isinstance(value, list) else [value]
        urls = [url + option for url in urls for option in options]
    return urls


def arguments(details):
    for name, arg in details['args'].items():
        if name in ('verify', 'rto', 'cto', 'overflow', 'format') or 'alias_of' in arg:
            continue
        if arg['type'] == 'bool':
            values = ['yes', 'no']
        elif 'values' in arg:
            values = list(arg['values'])[:6]
        else:
            values = [ARGUMENTS.get(name, 'a value')] if arg['type'] != 'int' else [ARGUMENTS.get(name, str(arg.get('min') or 5))]
        for value in values:
            yield '%s=%s' % (name, quote(str(value), safe=':/,@'))
    for kwarg in details['kwargs'].values():
        yield '%sX-Own=value' % kwarg['prefix']


def record(url, base, isNative):
    """One line, when Apprise takes the URL."""
    apprise = Apprise(asset=AppriseAsset(async_mode=False))
    if not apprise.add(url):
        return False
    taken.clear()
    if isNative:
        kind = 'failure' if urlsplit(url).scheme in FAILURES else 'info'
        apprise.notify(title=TITLE, body=BODY, notify_type=kind, body_format='text')
    lines.append(['url', url, numbers.get(base), list(taken)])
    numbers.setdefault(url, len(numbers))
    return True


def made():
    """Every URL with the URL that it changes by one setting, and whether Belfry has a provider for it."""
    for service in sorted(Apprise().details()['schemas'], key=lambda one: str(one['service_name'])):
        plain, secure = list(service['protocols'] or []), list(service['secure_protocols'] or [])
        details = service['details']
        for schema in dict.fromkeys(sorted(plain) + sorted(secure)):
            family = next((one for one in (schema, schema.rstrip('s')) if one in TOKENS or one in OTHERS), (sorted(plain) or sorted(secure))[0])
            isNative = family in TOKENS
            urls = [url for template in details['templates'] for url in filled(template.replace('@{host}:{apikey}', '@{host}/{apikey}'), schema, family, details['tokens'])]
            urls = list(dict.fromkeys(urls))
            yield from ((url, None, isNative) for url in urls[:None if isNative else 4])
            if schema in secure or not secure:
                base = next((url for url in urls if Apprise().add(url)), None)
                targeted = next((url for url in urls if url.count('/') > (base or '').count('/') and Apprise().add(url)), base)
                more = list(arguments(details)) + MORE.get(family, []) + (COMMON if isNative else [])
                base = targeted if family in ('matrix', 'slack', 'tgram', 'ntfy', 'zulip', 'opsgenie', 'rocket') else base
                if base:
                    sign = '&' if '?' in base else '?'
                    yield from ((base + ('' if base.count('/') > 2 else '/') + sign + one, base, isNative) for one in more)
    yield from ((url, None, True) for url in WHOLE)


logging.disable(logging.CRITICAL)
refused = []
for url, base, isNative in made():
    if url not in numbers and not record(url, base, isNative):
        refused.append(url)
print(json.dumps(['made', {'apprise': __version__}]))
for line in lines:
    print(json.dumps(line, ensure_ascii=False, separators=(',', ':')))
sys.stderr.write('%d URLs, %d requests; refused by Apprise: %d\n' % (
    sum(line[0] == 'url' for line in lines), len(seen), len(refused)))
if '-v' in sys.argv:
    sys.stderr.write('\n'.join(refused) + '\n')
