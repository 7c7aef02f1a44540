// The frame of the pages before the console: brand, one box, language.
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { switchLanguage, useLanguage } from '../../i18n';

export function SessionFrame({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <div className="brand" style={{ padding: 0, justifyContent: 'center', marginBottom: 12, fontSize: 22 }}>
          <img src="/favicon.svg" alt="" style={{ width: 36, height: 36 }} /> Zhike <span className="zh">知客</span>
        </div>
        <section className="panel" style={{ padding: '28px 28px 20px' }}>
          <h1 style={{ fontSize: 20, margin: '0 0 4px' }}>{title}</h1>
          <p className="muted" style={{ margin: '0 0 20px' }}>{text}</p>
          {children}
        </section>
        <div style={{ display: 'flex', justifyContent: 'center', marginTop: 14 }}>
          <Button type="text" data-testid="language" onClick={() => switchLanguage(language === 'zh' ? 'en' : 'zh')}>{t('session.other_language')}</Button>
        </div>
      </div>
    </main>
  );
}
