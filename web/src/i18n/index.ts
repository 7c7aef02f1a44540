// The two languages. English is bundled with the first load and Chinese is too: switching must not wait.
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { setApiLanguage } from '../api/client';
import type { Language } from '../format/numbers';
import en from './en.json';
import zh from './zh.json';

const kStored = 'zhike.language';

export function initialLanguage(): Language {
  const stored = localStorage.getItem(kStored);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export async function startI18n(language: Language = initialLanguage()): Promise<void> {
  setApiLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: language,
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export function switchLanguage(language: Language): void {
  localStorage.setItem(kStored, language);
  setApiLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  void i18next.changeLanguage(language);
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'zh' ? 'zh' : 'en';
}
