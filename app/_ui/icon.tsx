import {
  ArrowDown, ArrowDownUp, ArrowLeft, ArrowRight, ArrowUp, ArrowUpRight, Ban, Bell, BookOpen, Box, Braces, Bug,
  Calculator, Calendar, ChartGantt, Check, CheckCheck, ChevronDown, ChevronLeft, ChevronRight, ChevronUp,
  ChevronsRight, Circle, CircleAlert, CircleCheck, CircleDot, CircleHelp, CirclePlay, CircleStop, CircleX, Clipboard,
  ClipboardPaste, Clock, Cloud, CloudCheck, CloudOff, Code, Columns3, Copy, CornerDownLeft, Crosshair, Database,
  Download, Ellipsis, EllipsisVertical, ExternalLink, Eye, EyeOff, File, FileInput, FileOutput, FileText, Filter,
  Fingerprint, Flag, Folder, FormInput, GitBranch, GitCompare, GitMerge, Globe, GripVertical, Group, Hand, Hash,
  HelpCircle, History, Home, House, Image, Info, Key, Keyboard, Languages, Layers, LayoutGrid, Link, List, ListChecks,
  ListTree, Lock, LogOut, Mail, Map, Maximize, Menu, Merge, MessageSquare, Minus, Monitor, Moon, MousePointer2,
  Network, NotebookPen, OctagonX, PanelBottom, PanelRight, Pause, Pencil, Play, Plug, Plus, Power, PowerOff, Radio,
  Redo2, RefreshCw, Rocket, RotateCcw, RotateCw, Save, Scan, Search, Send, Settings, Settings2, Sheet, Shield,
  ShieldCheck, Shuffle, Sigma, SkipBack, SkipForward, SlidersHorizontal, Sparkles, Split, Square, SquareCheck,
  SquareDashed, SquarePen, SquareText, Star, StickyNote, Sun, Table, Table2, Tags, Text, TextCursorInput, Timer,
  ToggleLeft, Trash2, TriangleAlert, Type, Undo2, Unlink, Unplug, Upload, User, UserCheck, UserPlus, Users, Variable,
  Waypoints, Webhook, Workflow, Wrench, X, Zap, ZoomIn, ZoomOut,
  type LucideIcon,
} from 'lucide-react';

/** Every icon the product shows, by its name in kebab case: a list, so that only these reach the browser. */
const icons: Record<string, LucideIcon> = {
  'arrow-down': ArrowDown, 'arrow-down-up': ArrowDownUp, 'arrow-left': ArrowLeft, 'arrow-right': ArrowRight,
  'arrow-up': ArrowUp, 'arrow-up-right': ArrowUpRight, ban: Ban, bell: Bell, 'book-open': BookOpen, box: Box, braces:
  Braces, bug: Bug, calculator: Calculator, calendar: Calendar, 'chart-gantt': ChartGantt, check: Check,
  'check-check': CheckCheck, 'chevron-down': ChevronDown, 'chevron-left': ChevronLeft, 'chevron-right': ChevronRight,
  'chevron-up': ChevronUp, 'chevrons-right': ChevronsRight, circle: Circle, 'circle-alert': CircleAlert,
  'circle-check': CircleCheck, 'circle-dot': CircleDot, 'circle-help': CircleHelp, 'circle-play': CirclePlay,
  'circle-stop': CircleStop, 'circle-x': CircleX, clipboard: Clipboard, 'clipboard-paste': ClipboardPaste, clock:
  Clock, cloud: Cloud, 'cloud-check': CloudCheck, 'cloud-off': CloudOff, code: Code, 'columns-3': Columns3, copy:
  Copy, 'corner-down-left': CornerDownLeft, crosshair: Crosshair, database: Database, download: Download, ellipsis:
  Ellipsis, 'ellipsis-vertical': EllipsisVertical, 'external-link': ExternalLink, eye: Eye, 'eye-off': EyeOff, file:
  File, 'file-input': FileInput, 'file-output': FileOutput, 'file-text': FileText, filter: Filter, fingerprint:
  Fingerprint, flag: Flag, folder: Folder, 'form-input': FormInput, 'git-branch': GitBranch, 'git-compare':
  GitCompare, 'git-merge': GitMerge, globe: Globe, 'grip-vertical': GripVertical, group: Group, hand: Hand, hash:
  Hash, 'help-circle': HelpCircle, history: History, home: Home, house: House, image: Image, info: Info, key: Key,
  keyboard: Keyboard, languages: Languages, layers: Layers, 'layout-grid': LayoutGrid, link: Link, list: List,
  'list-checks': ListChecks, 'list-tree': ListTree, lock: Lock, 'log-out': LogOut, mail: Mail, map: Map, maximize:
  Maximize, menu: Menu, merge: Merge, 'message-square': MessageSquare, minus: Minus, monitor: Monitor, moon: Moon,
  'mouse-pointer-2': MousePointer2, network: Network, 'notebook-pen': NotebookPen, 'octagon-x': OctagonX,
  'panel-bottom': PanelBottom, 'panel-right': PanelRight, pause: Pause, pencil: Pencil, play: Play, plug: Plug, plus:
  Plus, power: Power, 'power-off': PowerOff, radio: Radio, 'redo-2': Redo2, 'refresh-cw': RefreshCw, rocket: Rocket,
  'rotate-ccw': RotateCcw, 'rotate-cw': RotateCw, save: Save, scan: Scan, search: Search, send: Send, settings:
  Settings, 'settings-2': Settings2, sheet: Sheet, shield: Shield, 'shield-check': ShieldCheck, shuffle: Shuffle,
  sigma: Sigma, 'skip-back': SkipBack, 'skip-forward': SkipForward, 'sliders-horizontal': SlidersHorizontal, sparkles:
  Sparkles, split: Split, square: Square, 'square-check': SquareCheck, 'square-dashed': SquareDashed, 'square-pen':
  SquarePen, 'square-text': SquareText, star: Star, 'sticky-note': StickyNote, sun: Sun, table: Table, 'table-2':
  Table2, tags: Tags, text: Text, 'text-cursor-input': TextCursorInput, timer: Timer, 'toggle-left': ToggleLeft,
  'trash-2': Trash2, 'triangle-alert': TriangleAlert, type: Type, 'undo-2': Undo2, unlink: Unlink, unplug: Unplug,
  upload: Upload, user: User, 'user-check': UserCheck, 'user-plus': UserPlus, users: Users, variable: Variable,
  waypoints: Waypoints, webhook: Webhook, workflow: Workflow, wrench: Wrench, x: X, zap: Zap, 'zoom-in': ZoomIn,
  'zoom-out': ZoomOut,
};

export const iconNames: ReadonlySet<string> = new Set(Object.keys(icons));

/** Decoration: the words beside it, or the label of its button, say what it means. */
export function Icon({ name, size = 16, className }: { name: string; size?: number; className?: string | undefined }) {
  const Shape = icons[name] ?? CircleHelp;
  return <Shape size={size} strokeWidth={1.75} aria-hidden className={className} style={{ flex: 'none' }} />;
}
