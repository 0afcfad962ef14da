import {
  Activity, ArrowDown, ArrowDownUp, ArrowLeft, ArrowLeftRight, ArrowRight, ArrowUp, ArrowUpRight, AtSign, Ban, Bell, Blocks, Book, BookOpen, Box, Boxes, Braces,
  Briefcase, Bug, Building2, Calculator, Calendar, CalendarClock, Car, ChartGantt, Check, CheckCheck, ChevronDown, ChevronLeft, ChevronRight, ChevronUp, ChevronsRight,
  ChevronsUpDown, Circle, CircleAlert, CircleCheck, CircleDot, CircleHelp, CirclePlay, CircleStop, CircleX, Clipboard, ClipboardPaste, Clock, Cloud, CloudAlert,
  CloudCheck, CloudDownload, CloudOff, CloudRain, Code, Columns3, Command, Component, Copy, CornerDownLeft, CornerDownRight, Crosshair, Database, DatabaseZap, Download, Ellipsis,
  EllipsisVertical, ExternalLink, Eye, EyeOff, Factory, FastForward, File, FileDown, FileInput, FileOutput, FilePlus, FileText, FileUp, Files, Filter, Fingerprint, Flag,
  Focus, Folder, Form, FormInput, Gauge, GitBranch, GitCompare, GitFork, GitMerge, Globe, GraduationCap, GripVertical, Group, Hand, Hash, Heart, HelpCircle, History, Home,
  House, Image, Inbox, Info, Key, KeyRound, Keyboard, Landmark, Languages, Layers, LayoutGrid, LayoutTemplate, Leaf, Library, Link, Link2, List, ListChecks, ListFilter, ListPlus, ListTree,
  LoaderCircle, Lock, LogIn, LogOut, Mail, Map, Maximize, Maximize2, Megaphone, Menu, Merge, MessageCircle, MessageSquare, Minimize2, Minus, Monitor, Moon, MousePointer2,
  Network, NotebookPen, OctagonX, Package, PanelBottom, PanelLeft, PanelRight, Pause, Pencil, PencilLine, Plane, Play, Plug, Plus, Power, PowerOff, Puzzle, Radio,
  Receipt, Redo2, RefreshCw, Repeat, Rocket, RotateCcw, RotateCw, Save, Scan, ScanSearch, Search, Send, Server, Settings, Settings2, Sheet, Shield, ShieldCheck, ShoppingCart,
  Shuffle, Sigma, SkipBack, SkipForward, SlidersHorizontal, Sparkles, Split, Square, SquareCheck, SquareDashed, SquareFunction, SquarePen, SquareTerminal, SquareText,
  Star, StepBack, StepForward, StickyNote, Sun, Table, Table2, Tag, Tags, Terminal, Text, TextCursorInput, Ticket, Timer, ToggleLeft, Trash2, TriangleAlert, Truck, Type,
  Undo2, Unlink, Unplug, Upload, User, UserCheck, UserCog, UserMinus, UserPlus, UserRound, UserRoundCheck, UserRoundPen, Users, Variable, Wallet, WandSparkles, Waypoints, Webhook,
  Workflow, Wrench, X, Zap, ZoomIn, ZoomOut,
  type LucideIcon,
} from 'lucide-react';

/** Every icon the product shows, by its name in kebab case: a list, so that only these reach the browser. */
const icons: Record<string, LucideIcon> = {
  gauge: Gauge, 'key-round': KeyRound, library: Library, 'scan-search': ScanSearch,
  activity: Activity, 'arrow-down': ArrowDown, 'arrow-down-up': ArrowDownUp, 'arrow-left': ArrowLeft, 'arrow-left-right': ArrowLeftRight, 'arrow-right': ArrowRight,
  'arrow-up': ArrowUp, 'arrow-up-right': ArrowUpRight, 'at-sign': AtSign, ban: Ban, bell: Bell, blocks: Blocks, book: Book, 'book-open': BookOpen, box: Box, boxes: Boxes,
  braces: Braces, briefcase: Briefcase, bug: Bug, 'building-2': Building2, calculator: Calculator, calendar: Calendar, 'calendar-clock': CalendarClock, car: Car,
  'chart-gantt': ChartGantt, check: Check, 'check-check': CheckCheck, 'chevron-down': ChevronDown, 'chevron-left': ChevronLeft, 'chevron-right': ChevronRight,
  'chevron-up': ChevronUp, 'chevrons-right': ChevronsRight, 'chevrons-up-down': ChevronsUpDown, circle: Circle, 'circle-alert': CircleAlert, 'circle-check': CircleCheck,
  'circle-dot': CircleDot, 'circle-help': CircleHelp, 'circle-play': CirclePlay, 'circle-stop': CircleStop, 'circle-x': CircleX, clipboard: Clipboard,
  'clipboard-paste': ClipboardPaste, clock: Clock, cloud: Cloud, 'cloud-alert': CloudAlert, 'cloud-check': CloudCheck, 'cloud-download': CloudDownload, 'cloud-off': CloudOff, 'cloud-rain': CloudRain,
  code: Code, 'columns-3': Columns3, command: Command, component: Component, copy: Copy, 'corner-down-left': CornerDownLeft, 'corner-down-right': CornerDownRight,
  crosshair: Crosshair, database: Database, 'database-zap': DatabaseZap, download: Download, ellipsis: Ellipsis, 'ellipsis-vertical': EllipsisVertical,
  'external-link': ExternalLink, eye: Eye, 'eye-off': EyeOff, factory: Factory, 'fast-forward': FastForward, file: File, 'file-down': FileDown, 'file-input': FileInput,
  'file-output': FileOutput, 'file-plus': FilePlus, 'file-text': FileText, 'file-up': FileUp, files: Files, filter: Filter, fingerprint: Fingerprint, flag: Flag,
  focus: Focus, folder: Folder, form: Form, 'form-input': FormInput, 'git-branch': GitBranch, 'git-compare': GitCompare, 'git-fork': GitFork, 'git-merge': GitMerge,
  globe: Globe, 'graduation-cap': GraduationCap, 'grip-vertical': GripVertical, group: Group, hand: Hand, hash: Hash, heart: Heart, 'help-circle': HelpCircle,
  history: History, home: Home, house: House, image: Image, inbox: Inbox, info: Info, key: Key, keyboard: Keyboard, landmark: Landmark, languages: Languages,
  layers: Layers, 'layout-grid': LayoutGrid, 'layout-template': LayoutTemplate, leaf: Leaf, link: Link, 'link-2': Link2, list: List, 'list-checks': ListChecks,
  'list-filter': ListFilter, 'list-plus': ListPlus, 'list-tree': ListTree, 'loader-circle': LoaderCircle, lock: Lock, 'log-in': LogIn, 'log-out': LogOut, mail: Mail,
  map: Map, maximize: Maximize, 'maximize-2': Maximize2, megaphone: Megaphone, menu: Menu, merge: Merge, 'message-circle': MessageCircle, 'message-square': MessageSquare,
  'minimize-2': Minimize2, minus: Minus, monitor: Monitor, moon: Moon, 'mouse-pointer-2': MousePointer2, network: Network, 'notebook-pen': NotebookPen,
  'octagon-x': OctagonX, package: Package, 'panel-bottom': PanelBottom, 'panel-left': PanelLeft, 'panel-right': PanelRight, pause: Pause, pencil: Pencil,
  'pencil-line': PencilLine, plane: Plane, play: Play, plug: Plug, plus: Plus, power: Power, 'power-off': PowerOff, puzzle: Puzzle, radio: Radio, receipt: Receipt,
  'redo-2': Redo2, 'refresh-cw': RefreshCw, repeat: Repeat, rocket: Rocket, 'rotate-ccw': RotateCcw, 'rotate-cw': RotateCw, save: Save, scan: Scan, search: Search,
  send: Send, server: Server, settings: Settings, 'settings-2': Settings2, sheet: Sheet, shield: Shield, 'shield-check': ShieldCheck, 'shopping-cart': ShoppingCart,
  shuffle: Shuffle, sigma: Sigma, 'skip-back': SkipBack, 'skip-forward': SkipForward, 'sliders-horizontal': SlidersHorizontal, sparkles: Sparkles, split: Split,
  square: Square, 'square-check': SquareCheck, 'square-dashed': SquareDashed, 'square-function': SquareFunction, 'square-pen': SquarePen,
  'square-terminal': SquareTerminal, 'square-text': SquareText, star: Star, 'step-back': StepBack, 'step-forward': StepForward, 'sticky-note': StickyNote, sun: Sun,
  table: Table, 'table-2': Table2, tag: Tag, tags: Tags, terminal: Terminal, text: Text, 'text-cursor-input': TextCursorInput, ticket: Ticket, timer: Timer,
  'toggle-left': ToggleLeft, 'trash-2': Trash2, 'triangle-alert': TriangleAlert, truck: Truck, type: Type, 'undo-2': Undo2, unlink: Unlink, unplug: Unplug,
  upload: Upload, user: User, 'user-check': UserCheck, 'user-cog': UserCog, 'user-minus': UserMinus, 'user-plus': UserPlus, 'user-round': UserRound,
  'user-round-check': UserRoundCheck, 'user-round-pen': UserRoundPen, users: Users, variable: Variable, wallet: Wallet, 'wand-sparkles': WandSparkles, waypoints: Waypoints, webhook: Webhook,
  workflow: Workflow, wrench: Wrench, x: X, zap: Zap, 'zoom-in': ZoomIn, 'zoom-out': ZoomOut,
};

export const iconNames: ReadonlySet<string> = new Set(Object.keys(icons));

type Props = { name: string; size?: number; className?: string | undefined };

/** Decoration: the words beside it, or the label of its button, say what it means. */
export function Icon({ name, size = 16, className }: Props) {
  const Drawing = (Object.hasOwn(icons, name) ? icons[name] : undefined) ?? CircleHelp;
  return <Drawing size={size} strokeWidth={size <= 14 ? 2.1 : 1.85} className={className} style={{ flex: 'none', display: 'block' }} aria-hidden focusable={false} />;
}
