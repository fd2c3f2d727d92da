import type { Identifier } from "./people.ts";

/** Domains that give addresses to anybody: two people there share no employer. The large ones of the world; a team can add none yet. */
const FREE_MAIL: ReadonlySet<string> = new Set(
  `126.com 163.com 139.com aim.com aliyun.com aol.com aol.de arcor.de att.net bellsouth.net bigpond.com bluewin.ch bluemail.ch bol.com.br
  btinternet.com charter.net comcast.net cox.net daum.net earthlink.net email.com email.de fastmail.com fastmail.fm foxmail.com free.fr
  freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.ca hotmail.co.uk hotmail.com
  hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.com inbox.ru interia.pl juno.com kpnmail.nl laposte.net
  libero.it list.ru live.ca live.co.uk live.com live.de live.fr live.it live.nl mac.com mail.com mail.de mail.ru mailbox.org me.com
  msn.com naver.com netscape.net neuf.fr ntlworld.com o2.pl online.de onet.pl orange.fr outlook.com outlook.de outlook.es outlook.fr
  pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com sapo.pt sbcglobal.net
  seznam.cz sfr.fr shaw.ca sina.com sky.com sohu.com sympatico.ca t-online.de telenet.be terra.com.br tiscali.it tuta.com tuta.io
  tutanota.com uol.com.br verizon.net virgilio.it virginmedia.com vodafone.de wanadoo.fr web.de wp.pl xs4all.nl yahoo.ca yahoo.co.in
  yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it yandex.com yandex.ru ymail.com zoho.com`.split(
    /\s+/u,
  ),
);

/** The company's domain in a person's e-mail address; null without an address, or where anybody can have one there. */
export function companyDomainOf(identifiers: readonly Identifier[]): string | null {
  const email = identifiers.find(({ relation }) => relation === "email")?.value;
  const domain = email === undefined ? "" : email.slice(email.lastIndexOf("@") + 1);
  return domain === "" || !domain.includes(".") || FREE_MAIL.has(domain) ? null : domain;
}
