<?php
// Every path of the blog that names no script comes here.
$post = trim(substr(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), strlen(dirname($_SERVER['SCRIPT_NAME']))), '/');
header('Content-Type: text/plain; charset=utf-8');
echo $post === '' ? "All posts\n" : "The post \"$post\"\n";
