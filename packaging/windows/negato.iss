; The installer of Negato for Windows (Inno Setup 6.3 or newer), for one user and without elevation:
;
;   python packaging/build.py
;   iscc /DAppVersion=0.1.0 packaging\windows\negato.iss
;
; Installing offers Negato for DICOM files, folders and drives, and takes no file type from another
; program. Uninstalling leaves nothing, settings and crash reports included; installing a later
; version over this one keeps these.

#ifndef AppVersion
  #error Give the version: iscc /DAppVersion=0.1.0 packaging\windows\negato.iss
#endif

[Setup]
AppId={{6E2F5C0B-7C0A-4B8E-9E63-2D7A51C4F0D9}
AppName=Negato
AppVersion={#AppVersion}
AppVerName=Negato {#AppVersion}
AppPublisher=The Negato developers
AppComments=A DICOM viewer. Not for diagnosis.
VersionInfoDescription=Negato Setup
VersionInfoProductTextVersion={#AppVersion}
MinVersion=10.0
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
DefaultDirName={autopf}\Negato
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
SetupIconFile=negato.ico
UninstallDisplayIcon={app}\negato.exe
UninstallDisplayName=Negato
ChangesAssociations=yes
; what a window holds: viewer/windows_pipe.py
AppMutex=NegatoWindow
CloseApplications=yes
RestartApplications=no
OutputDir=..\..\dist
OutputBaseFilename=negato-{#AppVersion}-windows-x64-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern

[InstallDelete]
; libraries of an earlier version
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\negato\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Negato"; Filename: "{app}\negato.exe"; Comment: "A DICOM viewer. Not for diagnosis."

[Run]
Filename: "{app}\negato.exe"; Description: "Open Negato"; Flags: nowait postinstall skipifsilent

[UninstallDelete]
; crash reports: viewer/defects.py
Type: filesandordirs; Name: "{localappdata}\Negato"

[Registry]
; what others use too comes first: it is taken away last, where nothing is left in it
Root: HKA; Subkey: "Software\Classes\.dcm"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\.dcm\OpenWithProgids"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\.dicom"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\.dicom\OpenWithProgids"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Applications"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Directory"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Directory\shell"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Drive"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Drive\shell"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Unknown"; Flags: uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Unknown\shell"; Flags: uninsdeletekeyifempty

; DICOM files: offered among the programs to open them with, not made the one that does
Root: HKA; Subkey: "Software\Classes\Negato.DICOM"; ValueType: string; ValueName: ""; ValueData: "DICOM image"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Negato.DICOM\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\negato.exe,0"
Root: HKA; Subkey: "Software\Classes\Negato.DICOM\shell\open"; ValueType: string; ValueName: "MultiSelectModel"; ValueData: "Player"
Root: HKA; Subkey: "Software\Classes\Negato.DICOM\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\negato.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.dcm\OpenWithProgids"; ValueType: string; ValueName: "Negato.DICOM"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.dicom\OpenWithProgids"; ValueType: string; ValueName: "Negato.DICOM"; ValueData: ""; Flags: uninsdeletevalue

; the program, in the dialog "Open with" and in the settings of default apps
Root: HKA; Subkey: "Software\Classes\Applications\negato.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Negato"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\negato.exe\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\negato.exe,0"
Root: HKA; Subkey: "Software\Classes\Applications\negato.exe\SupportedTypes"; ValueType: string; ValueName: ".dcm"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\negato.exe\SupportedTypes"; ValueType: string; ValueName: ".dicom"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\negato.exe\shell\open"; ValueType: string; ValueName: "MultiSelectModel"; ValueData: "Player"
Root: HKA; Subkey: "Software\Classes\Applications\negato.exe\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\negato.exe"" ""%1"""
Root: HKA; Subkey: "Software\Negato\Capabilities"; ValueType: string; ValueName: "ApplicationName"; ValueData: "Negato"
Root: HKA; Subkey: "Software\Negato\Capabilities"; ValueType: string; ValueName: "ApplicationDescription"; ValueData: "A DICOM viewer. Not for diagnosis."
Root: HKA; Subkey: "Software\Negato\Capabilities"; ValueType: string; ValueName: "ApplicationIcon"; ValueData: "{app}\negato.exe,0"
Root: HKA; Subkey: "Software\Negato\Capabilities\FileAssociations"; ValueType: string; ValueName: ".dcm"; ValueData: "Negato.DICOM"
Root: HKA; Subkey: "Software\Negato\Capabilities\FileAssociations"; ValueType: string; ValueName: ".dicom"; ValueData: "Negato.DICOM"
Root: HKA; Subkey: "Software\RegisteredApplications"; ValueType: string; ValueName: "Negato"; ValueData: "Software\Negato\Capabilities"; Flags: uninsdeletevalue

; folders
Root: HKA; Subkey: "Software\Classes\Directory\shell\Negato"; ValueType: string; ValueName: ""; ValueData: "Open with Negato"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\Negato"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\negato.exe,0"
Root: HKA; Subkey: "Software\Classes\Directory\shell\Negato"; ValueType: string; ValueName: "MultiSelectModel"; ValueData: "Player"
Root: HKA; Subkey: "Software\Classes\Directory\shell\Negato\command"; ValueType: string; ValueName: ""; ValueData: """{app}\negato.exe"" ""%1"""

; discs and drives, which come as D:\: its backslash would escape the quote behind it
Root: HKA; Subkey: "Software\Classes\Drive\shell\Negato"; ValueType: string; ValueName: ""; ValueData: "Open with Negato"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Drive\shell\Negato"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\negato.exe,0"
Root: HKA; Subkey: "Software\Classes\Drive\shell\Negato"; ValueType: string; ValueName: "MultiSelectModel"; ValueData: "Player"
Root: HKA; Subkey: "Software\Classes\Drive\shell\Negato\command"; ValueType: string; ValueName: ""; ValueData: """{app}\negato.exe"" ""%1\."""

; files that no program is known for: DICOMDIR, and those without an extension
Root: HKA; Subkey: "Software\Classes\Unknown\shell\Negato"; ValueType: string; ValueName: ""; ValueData: "Open with Negato"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Unknown\shell\Negato"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\negato.exe,0"
Root: HKA; Subkey: "Software\Classes\Unknown\shell\Negato"; ValueType: string; ValueName: "MultiSelectModel"; ValueData: "Player"
Root: HKA; Subkey: "Software\Classes\Unknown\shell\Negato\command"; ValueType: string; ValueName: ""; ValueData: """{app}\negato.exe"" ""%1"""

; settings, which the program writes itself: viewer/session/settings.py
Root: HKA; Subkey: "Software\Negato"; Flags: uninsdeletekey
