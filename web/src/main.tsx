import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Root } from './app';
import { startI18n } from './i18n';
import './styles.css';

await startI18n();
const host = document.getElementById('root');
if (host) createRoot(host).render(<StrictMode><Root /></StrictMode>);
