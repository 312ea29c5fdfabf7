<?php
// Installs the site in Tehran's time and prints an application password of its admin.
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
$installed = wp_install('Test', 'admin', 'admin@example.com', true, '', 'adminpass');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Asia/Tehran');
$made = WP_Application_Passwords::create_new_application_password(
    $installed['user_id'],
    ['name' => 'warehouse']
);
echo $made[0];
